using System.Text.Json;
using System.Text.Json.Serialization;

namespace Broker.Server.Transactions.Verifying;

[JsonSerializable(typeof(VerificationAsk))]
[JsonSerializable(typeof(VerificationReply))]
internal sealed partial class VerificationJson : JsonSerializerContext
{
    public static byte[] Encode(VerificationAsk ask) =>
        JsonSerializer.SerializeToUtf8Bytes(ask, Default.VerificationAsk);

    public static byte[] Encode(VerificationReply reply) =>
        JsonSerializer.SerializeToUtf8Bytes(reply, Default.VerificationReply);

    /// <exception cref="JsonException">The bytes are no question.</exception>
    public static VerificationAsk DecodeAsk(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.VerificationAsk) ?? throw new JsonException("An empty question.");

    /// <exception cref="JsonException">The bytes are no answer.</exception>
    public static VerificationReply DecodeReply(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.VerificationReply) ?? throw new JsonException("An empty answer.");
}
