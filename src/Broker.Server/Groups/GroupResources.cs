using Broker.Server.Configuration;
using Broker.Server.Network;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Groups;

/// <summary>What all group coordinators of a broker share.</summary>
internal sealed record GroupResources
{
    public required OffsetOptions Offsets { get; init; }

    public required GroupOptions Groups { get; init; }

    public required Deadlines Deadlines { get; init; }

    /// <summary>Makes an id that was never made before, on any broker. Any thread.</summary>
    public required Func<Guid> NewId { get; init; }

    public required ILogger Logger { get; init; }

    public TimeProvider Time => Deadlines.Time;
}
