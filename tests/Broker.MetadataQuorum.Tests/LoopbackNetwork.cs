using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Broker.Model;

namespace Broker.MetadataQuorum.Tests;

/// <summary>Where brokers of a test listen; they move when they restart.</summary>
internal sealed class LoopbackNetwork
{
    private readonly ConcurrentDictionary<BrokerId, IPEndPoint> _addresses = new();

    public IPEndPoint AddressOf(BrokerId broker) => _addresses.TryGetValue(broker, out IPEndPoint? address)
        ? address
        : throw new SocketException((int)SocketError.HostUnreachable);

    public void Move(BrokerId broker, IPEndPoint address) => _addresses[broker] = address;

    public void Remove(BrokerId broker) => _addresses.TryRemove(broker, out _);
}
