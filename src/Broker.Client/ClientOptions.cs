using Broker.Model;

namespace Broker.Client;

/// <summary>How a client reaches its cluster. Immutable; validated when the client is created.</summary>
public sealed record ClientOptions
{
    /// <summary>Brokers to ask first; the rest of the cluster is learned from them.</summary>
    public required IReadOnlyList<HostAndPort> BootstrapServers { get; init; }

    /// <summary>Sent with every request; brokers show it in their logs.</summary>
    public string ClientId { get; init; } = "broker-dotnet";

    /// <summary>How long a connection may take to be made, and its first exchange. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one request may wait for its response before its connection is given up. Default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The first pause before a retry; doubled with each further one, up to <see cref="RetryBackoffMax"/>.
    /// </summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between two retries. Default 250 ms.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an operation is tried before it fails with what was wrong last. Default 60 s.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Metadata older than this is asked for again even if nothing failed. Default 5 min.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock for every time-out and pause.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Options for a comma-separated list of <c>host:port</c>.</summary>
    /// <exception cref="FormatException">An address can't be read.</exception>
    public static ClientOptions For(string bootstrapServers)
    {
        List<HostAndPort> addresses = [];
        foreach (
            string part in bootstrapServers.Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            addresses.Add(
                HostAndPort.TryParse(part, out HostAndPort address)
                    ? address
                    : throw new FormatException(
                        $"'{part}' is not an address; write host:port, for example 127.0.0.1:9092"
                    )
            );
        }

        return new ClientOptions { BootstrapServers = addresses }.Validated();
    }

    internal ClientOptions Validated()
    {
        if (BootstrapServers.Count == 0)
        {
            throw new FormatException("no bootstrap server was given; write at least one host:port");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryBackoffMax, RetryBackoff);
        return this;
    }
}
