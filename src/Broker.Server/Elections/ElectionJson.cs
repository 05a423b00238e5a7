using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Broker.Metadata;

namespace Broker.Server.Elections;

/// <summary>What one broker asks of another that leads, and what it answers.</summary>
[JsonSerializable(typeof(ImmutableArray<Handover>))]
[JsonSerializable(typeof(ImmutableArray<ElectionOutcome>))]
internal sealed partial class ElectionJson : JsonSerializerContext
{
    public static byte[] Encode(ImmutableArray<Handover> wishes) =>
        JsonSerializer.SerializeToUtf8Bytes(wishes, Default.ImmutableArrayHandover);

    public static byte[] Encode(ImmutableArray<ElectionOutcome> outcomes) =>
        JsonSerializer.SerializeToUtf8Bytes(outcomes, Default.ImmutableArrayElectionOutcome);

    /// <exception cref="JsonException">The bytes are no list of wishes.</exception>
    public static ImmutableArray<Handover> DecodeWishes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ImmutableArrayHandover);

    /// <exception cref="JsonException">The bytes are no list of outcomes.</exception>
    public static ImmutableArray<ElectionOutcome> DecodeOutcomes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ImmutableArrayElectionOutcome);
}
