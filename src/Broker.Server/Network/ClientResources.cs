using Broker.Server.Configuration;
using Broker.Server.Network.Frames;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Network;

/// <summary>What all client connections of a broker share.</summary>
public sealed class ClientResources
{
    public ClientResources(
        BrokerOptions options,
        IRequestDispatcher dispatcher,
        TimeProvider time,
        Deadlines deadlines,
        ILogger logger)
    {
        Options = options;
        Dispatcher = dispatcher;
        Time = time;
        Deadlines = deadlines;
        Logger = logger;
        RequestMemory = new RequestMemory(options.Requests.QueuedRequestBytes, deadlines);
    }

    internal BrokerOptions Options { get; }

    internal IRequestDispatcher Dispatcher { get; }

    internal TimeProvider Time { get; }

    internal Deadlines Deadlines { get; }

    internal ILogger Logger { get; }

    internal RequestMemory RequestMemory { get; }

    internal ConnectionCounts Counts { get; } = new();

    /// <summary>
    /// A connection that runs as soon as its RunAsync is called; a simulator brings its own transport.
    /// </summary>
    public ClientConnection Connect(IClientTransport transport, string listener) => new(transport, listener, this);
}
