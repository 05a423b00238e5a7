using System.Globalization;

namespace Broker.Model;

/// <summary>An address as it is written in configuration and metadata; nothing is resolved here.</summary>
public readonly record struct HostAndPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c> or <c>[ipv6]:port</c>.</summary>
    public static bool TryParse(string text, out HostAndPort address)
    {
        address = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port > ushort.MaxValue)
        {
            return false;
        }

        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!bracketed && host.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        address = new HostAndPort(bracketed ? host[1..^1] : host, port);
        return address.Host.Length > 0;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
