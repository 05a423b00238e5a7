namespace Broker.Interop.Tests.Clients;

/// <summary>A record as every client can say it. Two are equal when everything that a consumer sees is.</summary>
public sealed record ClientRecord(int Partition, string? Key, string Value, long Timestamp, string Headers)
{
    /// <summary>Headers in one text, "name=value;name=value", so that records compare by value.</summary>
    public IEnumerable<(string Name, string Value)> HeaderPairs =>
        Headers.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]));

    public static string Join(IEnumerable<(string Name, string Value)> headers) =>
        string.Join(';', headers.Select(header => $"{header.Name}={header.Value}"));
}
