namespace Broker.Protocol;

/// <summary>Whole frames: length, header and body.</summary>
public static class Frame
{
    /// <summary>Appends a request's frame to the writer.</summary>
    public static void WriteRequest(ProtocolWriter writer, in RequestHeader header, IRequest body)
    {
        writer.BeginFrame();
        header.Write(writer);
        body.Write(writer, header.ApiVersion);
        writer.EndFrame();
    }

    /// <summary>Appends the frame that answers the request with this header.</summary>
    public static void WriteResponse(ProtocolWriter writer, in RequestHeader request, IResponse body) =>
        WriteResponse(writer, ApiCatalogue.Of(body.ApiKey), request.ApiVersion, request.CorrelationId, body);

    public static void WriteResponse(
        ProtocolWriter writer, ApiDescription api, short version, int correlationId, IResponse body)
    {
        writer.BeginFrame();
        ResponseHeader.Write(writer, api, version, correlationId);
        body.Write(writer, version);
        writer.EndFrame();
    }
}
