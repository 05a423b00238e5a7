using System.Text.Json;
using System.Text.Json.Serialization;

namespace Broker.Server.Controller.Messages;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControllerRequest))]
[JsonSerializable(typeof(ControllerReply))]
internal sealed partial class ControllerJson : JsonSerializerContext
{
    public static byte[] Encode(ControllerRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(request, Default.ControllerRequest);

    public static byte[] Encode(ControllerReply reply) =>
        JsonSerializer.SerializeToUtf8Bytes(reply, Default.ControllerReply);

    /// <exception cref="JsonException">The bytes are not a request of a kind known here.</exception>
    public static ControllerRequest DecodeRequest(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ControllerRequest) ?? throw new JsonException("An empty request.");

    /// <exception cref="JsonException">The bytes are not a reply.</exception>
    public static ControllerReply DecodeReply(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ControllerReply) ?? throw new JsonException("An empty reply.");
}
