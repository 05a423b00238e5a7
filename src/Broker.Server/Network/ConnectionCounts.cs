using Broker.Server.Configuration;

namespace Broker.Server.Network;

/// <summary>How many clients are connected, in all and from each address.</summary>
internal sealed class ConnectionCounts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _byAddress = new(StringComparer.Ordinal);
    private int _total;

    public int Total => Volatile.Read(ref _total);

    /// <summary>Counts one more; null, or the limit that forbids it.</summary>
    public SettingDefinition? Enter(string address, ConnectionLimits limits)
    {
        lock (_gate)
        {
            int ofAddress = _byAddress.GetValueOrDefault(address);
            if (_total >= limits.MaxConnections)
                return Settings.Connections;

            if (ofAddress >= limits.MaxConnectionsPerAddress)
                return Settings.ConnectionsPerAddress;

            _byAddress[address] = ofAddress + 1;
            _total++;
            return null;
        }
    }

    public void Leave(string address)
    {
        lock (_gate)
        {
            _total--;
            if (--_byAddress[address] == 0)
                _byAddress.Remove(address);
        }
    }
}
