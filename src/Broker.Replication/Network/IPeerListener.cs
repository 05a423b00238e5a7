using Broker.Model;

namespace Broker.Replication;

/// <summary>A bound address that peers connect to. Disposing stops listening; accepted connections live on.</summary>
public interface IPeerListener : IAsyncDisposable
{
    /// <summary>The address with its real port.</summary>
    HostAndPort Address { get; }

    /// <summary>The next connection; null when the listener was disposed.</summary>
    ValueTask<IPeerConnection?> AcceptAsync(CancellationToken token);
}
