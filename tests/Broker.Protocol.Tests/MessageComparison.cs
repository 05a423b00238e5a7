using System.Collections;
using Broker.Model;
using Xunit;

namespace Broker.Protocol.Tests;

/// <summary>Compares a generated message, property by property, with a tree of plain values.</summary>
internal static class MessageComparison
{
    public static void AssertSame(Dictionary<string, object?> expected, object message)
    {
        foreach ((string name, object? value) in expected)
        {
            object? actual = message.GetType().GetProperty(name)!.GetValue(message);
            AssertSameValue(value, actual, $"{message.GetType().Name}.{name}");
        }
    }

    private static void AssertSameValue(object? expected, object? actual, string where)
    {
        switch (expected)
        {
            case Dictionary<string, object?> parts:
                AssertSame(parts, actual!);
                break;
            case List<object?> items:
                object?[] found = [.. ((IEnumerable)actual!).Cast<object?>()];
                Assert.True(items.Count == found.Length, $"{where}: {items.Count} items, found {found.Length}");
                for (int i = 0; i < found.Length; i++)
                    AssertSameValue(items[i], found[i], where);
                break;
            case byte[] bytes:
                var memory = actual is RecordBytes records ? records.Memory : (ReadOnlyMemory<byte>)actual!;
                Assert.Equal(bytes, memory.ToArray());
                break;
            default:
                Assert.True(Equals(expected, Plain(actual)), $"{where}: {expected} expected, found {actual}");
                break;
        }
    }

    private static object? Plain(object? value) => value switch
    {
        sbyte number => (long)number,
        short number => (long)number,
        ushort number => (long)number,
        int number => (long)number,
        uint number => (long)number,
        ErrorCode code => (long)(short)code,
        BrokerId id => (long)id.Value,
        ProducerId id => id.Value,
        TopicId id => id.Value,
        RecordBytes { IsNull: true } => null,
        _ => value,
    };
}
