using Broker.Generators.Model;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Protocol.Tests;

public sealed class MessageRoundTripTests
{
    public static TheoryData<string, short> EveryVersion()
    {
        var all = new TheoryData<string, short>();
        foreach (ApiSchema api in SchemaFiles.All)
        {
            for (short version = api.Versions.First; version <= api.Versions.Last; version++)
                all.Add(api.Name, version);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(EveryVersion))]
    public void Every_version_agrees_with_a_plain_reading_of_its_schema(string name, short version)
    {
        for (int seed = 0; seed < 100; seed++)
            CheckBoth(name, version, seed);
    }

    [Property]
    public void Any_version_of_any_api_agrees_with_a_plain_reading_of_its_schema(ushort api, byte version, int seed)
    {
        ApiSchema schema = SchemaFiles.All[api % SchemaFiles.All.Count];
        int versions = schema.Versions.Last - schema.Versions.First + 1;
        CheckBoth(schema.Name, (short)(schema.Versions.First + (version % versions)), seed);
    }

    [Fact]
    public void Every_version_of_a_record_agrees_with_a_plain_reading_of_its_schema()
    {
        Assert.Equal(7, SchemaFiles.Records.Count);
        foreach (RecordSchema record in SchemaFiles.Records)
        {
            Type type = typeof(IMessagePart).Assembly.GetType(
                $"Broker.Protocol.Messages.{record.Message.Root.Name}", throwOnError: true)!;
            var message = (IMessagePart)Activator.CreateInstance(type)!;
            for (short version = record.Limits.Versions.First; version <= record.Limits.Versions.Last; version++)
            {
                for (int seed = 0; seed < 100; seed++)
                {
                    Check(
                        new SchemaInterpreter(record.Limits, record.Message, version, new Random(seed)),
                        message,
                        version);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryVersion))]
    public void Tagged_fields_that_nobody_knows_are_skipped(string name, short version)
    {
        ApiSchema api = SchemaFiles.All.First(api => api.Name == name);
        for (int seed = 0; seed < 30; seed++)
        {
            foreach ((MessageSchema schema, IMessagePart message) in Both(api))
            {
                var interpreter = new SchemaInterpreter(api.Limits, schema, version, new Random(seed))
                {
                    UnknownTags = true,
                };
                (byte[] bytes, Dictionary<string, object?> values) = interpreter.MakeUp();
                Read(message, bytes, version);
                MessageComparison.AssertSame(values, message);
            }
        }
    }

    private static void CheckBoth(string name, short version, int seed)
    {
        ApiSchema api = SchemaFiles.All.First(api => api.Name == name);
        foreach ((MessageSchema schema, IMessagePart message) in Both(api))
            Check(new SchemaInterpreter(api.Limits, schema, version, new Random(seed)), message, version);
    }

    private static void Check(SchemaInterpreter interpreter, IMessagePart message, short version)
    {
        (byte[] bytes, Dictionary<string, object?> values) = interpreter.MakeUp();
        Read(message, bytes, version);
        MessageComparison.AssertSame(values, message);
        using var writer = new ProtocolWriter();
        message.Write(writer, version);
        Assert.Equal(bytes, writer.ToArray());
        Assert.Equal(bytes.Length, writer.Length);

        // Once more into the same object: nothing of the last message may stay.
        Read(message, bytes, version);
        MessageComparison.AssertSame(values, message);
    }

    private static (MessageSchema Schema, IMessagePart Message)[] Both(ApiSchema api)
    {
        ApiDescription description = ApiCatalogue.Of((ApiKey)api.Key);
        return [(api.Request, description.NewRequest()), (api.Response, description.NewResponse())];
    }

    private static void Read(IMessagePart message, byte[] bytes, short version)
    {
        var reader = new ProtocolReader(bytes);
        message.Read(ref reader, version);
        reader.ExpectEnd();
    }
}
