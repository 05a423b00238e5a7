using Broker.Model;
using Broker.Server.Configuration;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Server.Node;

/// <summary>A broker's data directory and what all of its logs share.</summary>
internal sealed class NodeStorage : IDisposable
{
    private readonly DataDirectory _directory;
    private readonly VoteJournal _votes;
    private readonly OpenFiles _openFiles;

    public NodeStorage(DataDirectory directory, BrokerEnvironment environment, BrokerOptions options)
    {
        _directory = directory;
        _votes = OpenVotes(directory, environment);
        Power = directory.BeginWriting(environment.BootId, _votes);
        _openFiles = new OpenFiles(environment.Files);
        Resources = new LogResources
        {
            FileSystem = environment.Files,
            OpenFiles = _openFiles,
            TailCache = new TailCacheBudget(options.TailCacheBytes),
            Journal = _votes,
            Former = directory.Former,
            Reserve = DiskReserve.Open(environment.Files, directory.Root, options.DiskReserveBytes),
            Time = environment.Time,
            Logger = environment.Loggers.CreateLogger("Broker.Storage"),
        };
    }

    public LogResources Resources { get; }

    public PowerMark Power { get; }

    public string Root => _directory.Root;

    public IReadOnlyList<PartitionId> Partitions() => _directory.Partitions();

    public string MakeDirectory(PartitionId id) => _directory.MakePartition(id);

    public void Delete(PartitionId id) => _directory.DeletePartition(id);

    public string SetAside(PartitionId id) => _directory.SetAside(id);

    // What it promised is not known, so it must not be taken for the one that promised it: a broker with another
    // incarnation abstains in every group until that has taken it in again.
    private static VoteJournal OpenVotes(DataDirectory directory, BrokerEnvironment environment)
    {
        try
        {
            return directory.OpenVotes();
        }
        catch (VoteJournalDamagedException lost)
        {
            string? kept = directory.BeginNewLife(environment.Random);
            ILogger logger = environment.Loggers.CreateLogger("Broker.Storage");
            NodeLog.VotesLost(logger, lost.Message, directory.Incarnation, kept ?? "nothing");
            return directory.OpenVotes();
        }
    }

    public void Dispose()
    {
        Resources.Reserve.Dispose();
        _openFiles.Dispose();
        _votes.Dispose();
    }
}
