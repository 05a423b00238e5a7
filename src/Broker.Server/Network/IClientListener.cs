using Broker.Model;

namespace Broker.Server.Network;

/// <summary>A place where clients connect.</summary>
public interface IClientListener : IDisposable
{
    /// <summary>With the port that the system chose, where 0 was asked for.</summary>
    HostAndPort BoundAddress { get; }

    /// <summary>The next connection; null once the listener is disposed.</summary>
    /// <exception cref="ClientLostException">This one could not be taken; the next may be.</exception>
    ValueTask<IClientTransport?> AcceptAsync();
}
