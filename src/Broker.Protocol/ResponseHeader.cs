namespace Broker.Protocol;

/// <summary>What stands before a response's body: the request's number, and nothing else that is used so far.</summary>
public static class ResponseHeader
{
    public static int Read(ref ProtocolReader reader, ApiDescription api, short version)
    {
        int correlationId = reader.ReadInt32();
        if (api.ResponseHeaderVersion(version) >= 1)
            reader.SkipTaggedFields();
        return correlationId;
    }

    public static void Write(ProtocolWriter writer, ApiDescription api, short version, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (api.ResponseHeaderVersion(version) >= 1)
            writer.WriteUnsignedVarint(0);
    }
}
