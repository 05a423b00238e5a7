using System.Collections.Immutable;
using Broker.Metadata;
using Broker.Model;
using Broker.Server.Configuration;
using Broker.Server.Network;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Node;

/// <summary>Where Kafka clients reach this broker. Bound first of all, served last.</summary>
internal sealed class NodeListeners : IDisposable
{
    private readonly BrokerOptions _options;
    private readonly BrokerEnvironment _environment;
    private readonly List<(ListenerOptions Options, IClientListener Listener)> _listeners = [];

    private NodeListeners(BrokerOptions options, BrokerEnvironment environment)
    {
        _options = options;
        _environment = environment;
        Deadlines = new Deadlines(environment.Time);
    }

    public Deadlines Deadlines { get; }

    public ImmutableArray<BrokerListener> Advertised =>
        [.. _listeners.Select(one => new BrokerListener(
            one.Options.Name, WithPort(one.Options.Advertised, one.Listener.BoundAddress)))];

    /// <exception cref="ListenerException">An address is in use, or none of this machine.</exception>
    public static NodeListeners Bind(BrokerOptions options, BrokerEnvironment environment)
    {
        var listeners = new NodeListeners(options, environment);
        try
        {
            foreach (ListenerOptions listener in options.Listeners)
                listeners._listeners.Add((listener, environment.Listen(listener)));
            return listeners;
        }
        catch
        {
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>The address as it is told to others: port 0 becomes the one that the system chose.</summary>
    public static HostAndPort WithPort(HostAndPort told, HostAndPort bound) =>
        told.Port == 0 ? told with { Port = bound.Port } : told;

    public void Serve(IRequestDispatcher dispatcher, NodeWork work, TimeSpan grace)
    {
        var resources = new ClientResources(
            _options,
            dispatcher,
            _environment.Time,
            Deadlines,
            _environment.Loggers.CreateLogger("Broker.Network"));
        foreach ((ListenerOptions options, IClientListener listener) in _listeners)
        {
            var kafka = new KafkaListener(options.Name, listener, resources);
            work.Add(cancellation => kafka.RunAsync(grace, cancellation));
        }
    }

    public void Dispose()
    {
        foreach ((_, IClientListener listener) in _listeners)
            listener.Dispose();
        Deadlines.Dispose();
    }
}
