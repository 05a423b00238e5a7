namespace Broker.Server.Network;

/// <summary>
/// The bytes of one client connection, in order and both ways; the simulator has one of its own. One receive and one
/// send
/// may run at the same time.
/// </summary>
public interface IClientTransport : IDisposable
{
    /// <summary>The client's address without its port: what limits per address count by.</summary>
    string RemoteAddress { get; }

    /// <summary>Receives at least one byte, or 0 at the end of what the client sent.</summary>
    /// <exception cref="ClientLostException">The connection is broken or aborted.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> into);

    /// <summary>Sends all of the segments as if they were one; the list may be used again afterwards.</summary>
    /// <exception cref="ClientLostException">The connection is broken or aborted.</exception>
    ValueTask SendAsync(List<ArraySegment<byte>> segments);

    /// <summary>Breaks the connection: what is waiting on it ends. Any thread, any number of times.</summary>
    void Abort();
}
