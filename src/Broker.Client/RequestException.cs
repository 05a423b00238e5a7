using Broker.Protocol;

namespace Broker.Client;

/// <summary>
/// The cluster answered with an error that is final, or that did not pass in the time that was allowed.
/// </summary>
public sealed class RequestException : Exception
{
    internal RequestException(ErrorCode code, string what, string? detail = null)
        : base($"{what}: {detail ?? ErrorText.MessageFor(code)} ({ErrorText.NameOf(code)})") => Code = code;

    /// <summary>The protocol's error code.</summary>
    public ErrorCode Code { get; }
}
