namespace Broker.Protocol;

/// <summary>What stands before a request's body, in header versions 1 and 2.</summary>
/// <param name="ApiKey">Which API, maybe one that is not known here.</param>
/// <param name="ApiVersion">Which version of it, likewise.</param>
/// <param name="CorrelationId">The number that the response repeats.</param>
/// <param name="ClientId">How the client calls itself; null also where <paramref name="Api"/> is.</param>
/// <param name="Api">The schema's description, or null where there is none for this key.</param>
public readonly record struct RequestHeader(
    ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId, ApiDescription? Api)
{
    /// <summary>Whether the body can be read: key and version have a schema.</summary>
    public bool CanRead => Api is not null && Api.CanRead(ApiVersion);

    public static RequestHeader For(ApiKey key, short version, int correlationId, string? clientId) =>
        new(key, version, correlationId, clientId, ApiCatalogue.Of(key));

    /// <summary>
    /// Reads as far as the header is known: for an unknown key not beyond the correlation id. An ApiVersions request
    /// has a readable header in every version, so that its answer can say what is spoken here (KIP-511).
    /// </summary>
    public static RequestHeader Read(ref ProtocolReader reader)
    {
        var key = (ApiKey)reader.ReadInt16();
        short version = reader.ReadInt16();
        int correlationId = reader.ReadInt32();
        if (!ApiCatalogue.TryFind(key, out ApiDescription? api))
            return new RequestHeader(key, version, correlationId, null, null);

        // The client id keeps its old form in header version 2 as well.
        string? clientId = reader.ReadNullableName(flexible: false);
        if (api.RequestHeaderVersion(version) >= 2)
            reader.SkipTaggedFields();
        return new RequestHeader(key, version, correlationId, clientId, api);
    }

    public void Write(ProtocolWriter writer)
    {
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        writer.WriteNullableString(ClientId, flexible: false);
        if ((Api ?? ApiCatalogue.Of(ApiKey)).RequestHeaderVersion(ApiVersion) >= 2)
            writer.WriteUnsignedVarint(0);
    }
}
