namespace Broker.Protocol;

/// <summary>What one API's schema says of it.</summary>
/// <param name="Key">Which API.</param>
/// <param name="MinVersion">The lowest version that can be read and written; the one to advertise.</param>
/// <param name="MaxVersion">The highest version.</param>
/// <param name="FirstServed"> Versions from MinVersion up to here are only there so that a client hears of <see
/// cref="ErrorCode.UnsupportedVersion"/> in a body that it can read (Produce 0–2, KAFKA-18659). </param>
/// <param name="FirstFlexible">From here on the flexible dialect (KIP-482).</param>
/// <param name="NewRequest">Makes an empty request.</param>
/// <param name="NewResponse">Makes an empty response.</param>
public sealed record ApiDescription(
    ApiKey Key,
    short MinVersion,
    short MaxVersion,
    short FirstServed,
    short FirstFlexible,
    Func<IRequest> NewRequest,
    Func<IResponse> NewResponse)
{
    public bool CanRead(short version) => version >= MinVersion && version <= MaxVersion;

    public bool Serves(short version) => version >= FirstServed && version <= MaxVersion;

    /// <summary>2 with tagged fields, 1 without; 0 belongs to an API that no client uses.</summary>
    public short RequestHeaderVersion(short version) => version >= FirstFlexible ? (short)2 : (short)1;

    /// <summary>
    /// 1 with tagged fields, 0 without. The answer to ApiVersions always has 0: a client reads it before it knows what
    /// the broker speaks (KIP-511).
    /// </summary>
    public short ResponseHeaderVersion(short version) =>
        version >= FirstFlexible && Key != ApiKey.ApiVersions ? (short)1 : (short)0;
}
