using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>A voter of the metadata group, as the configuration lists it for the first start.</summary>
public sealed record MetadataVoter(BrokerId Id, HostAndPort Address)
{
    /// <summary>Reads <c>id@host:port</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MetadataVoter? voter)
    {
        voter = null;
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || !int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !HostAndPort.TryParse(text[(at + 1)..], out HostAndPort address))
        {
            return false;
        }

        voter = new MetadataVoter(new BrokerId(id), address);
        return true;
    }

    public override string ToString() => $"{Id}@{Address}";
}
