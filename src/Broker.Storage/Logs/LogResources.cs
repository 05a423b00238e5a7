using System.Collections.Immutable;
using Broker.Model;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>What all logs of a broker share. Made once; outlives every log.</summary>
public sealed record LogResources
{
    public required IFileSystem FileSystem { get; init; }

    public required OpenFiles OpenFiles { get; init; }

    public required TailCacheBudget TailCache { get; init; }

    /// <summary>Where flushed marks, log starts and damage are remembered beside votes.</summary>
    public required VoteJournal Journal { get; init; }

    /// <summary>
    /// Lives of this data directory before the present one: their segments are read, though nobody knows any more what
    /// was promised of them.
    /// </summary>
    public ImmutableArray<Incarnation> Former { get; init; } = [];

    /// <summary>Room that records may not take.</summary>
    public DiskReserve Reserve { get; init; } = DiskReserve.None;

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
