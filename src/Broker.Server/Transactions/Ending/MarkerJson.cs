using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Broker.Server.Partitions.Transactions;

namespace Broker.Server.Transactions.Ending;

[JsonSerializable(typeof(ImmutableArray<MarkerWish>))]
[JsonSerializable(typeof(ImmutableArray<EndOutcome>))]
internal sealed partial class MarkerJson : JsonSerializerContext
{
    public static byte[] Encode(ImmutableArray<MarkerWish> wishes) =>
        JsonSerializer.SerializeToUtf8Bytes(wishes, Default.ImmutableArrayMarkerWish);

    public static byte[] Encode(ImmutableArray<EndOutcome> outcomes) =>
        JsonSerializer.SerializeToUtf8Bytes(outcomes, Default.ImmutableArrayEndOutcome);

    /// <exception cref="JsonException">The bytes are no list of wishes.</exception>
    public static ImmutableArray<MarkerWish> DecodeWishes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ImmutableArrayMarkerWish);

    /// <exception cref="JsonException">The bytes are no list of outcomes.</exception>
    public static ImmutableArray<EndOutcome> DecodeOutcomes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ImmutableArrayEndOutcome);
}
