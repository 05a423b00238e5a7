using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.MetadataQuorum;

/// <summary>What the metadata group takes from outside. <see cref="Random"/> is for this room alone.</summary>
public sealed record QuorumEnvironment(
    IMetadataPeerChannel Channel, IFileSystem Files, TimeProvider Time, Random Random, ILoggerFactory Loggers)
{
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ILogger Log { get; } = Loggers.CreateLogger("Broker.MetadataQuorum");

    internal Task<Exception> Failed => _failed.Task;

    internal void Fail(Exception reason)
    {
        if (_failed.TrySetResult(reason))
        {
            Log.Failed(reason);
        }
    }
}
