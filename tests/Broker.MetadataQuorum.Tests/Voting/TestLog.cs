using System.Buffers;
using System.Text;
using Broker.Model;
using Broker.Storage;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Xunit;
using LogEntry = DotNext.Net.Cluster.Consensus.Raft.StateMachine.LogEntry;

namespace Broker.MetadataQuorum.Tests;

/// <summary>A log on a directory, called as DotNext's node calls it. Entries contain their term and index.</summary>
internal sealed class TestLog : IAsyncDisposable
{
    private readonly PosixFileSystem _files = new();
    private readonly QuorumLog _log;

    public TestLog(string directory, long entriesPerSnapshot = long.MaxValue)
    {
        Location = directory;
        Files = new LogFiles(_files, directory, TimeProvider.System);
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            Files.Create();
        }

        var options = new WriteAheadLog.Options
        {
            Location = directory,
            ChunkSize = 4096,
            HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
            MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
        };
        Voters = new VoterStore(_files, Path.Combine(directory, "voters"));
        if (!File.Exists(Path.Combine(directory, "voters")))
            Voters.Save(new VoterSet([new BrokerId(1), new BrokerId(2), new BrokerId(3)]), version: 0);
        Voters.Load();
        _log = new QuorumLog(
            options, IStateMachine.CreateNoOp(entriesPerSnapshot), Files, DiskReserve.None, Voters);
    }

    public string Location { get; }

    public LogFiles Files { get; }

    public VoterStore Voters { get; }

    public long Last => Seen.LastEntryIndex;

    public long Committed => Seen.LastCommittedEntryIndex;

    public long Term => _log.Term;

    private IPersistentState Seen => _log;

    public Task InitializeAsync() => _log.InitializeAsync(TestContext.Current.CancellationToken);

    public async Task BeginTermAsync(long term) => await Seen.UpdateTermAsync(term, resetLastVote: true);

    public async Task<long> LeadAsync(long term) => await Seen.AppendAsync(Entry(term, Last + 1));

    public async Task FollowAsync(long first, params long[] terms)
    {
        BinaryLogEntry[] entries = [.. terms.Select((term, i) => Entry(term, first + i))];
        await Seen.AppendAsync(new LogEntryProducer<BinaryLogEntry>(entries), first, skipCommitted: true);
    }

    /// <summary>Entries of term 1, each a configuration; an empty one is an entry of the ordinary kind.</summary>
    public async Task FollowConfigurationsAsync(long first, params int[][] voters)
    {
        IRaftLogEntry[] entries = [.. voters.Select(IRaftLogEntry (ids, i) => ids.Length == 0
            ? Entry(1, first + i)
            : new Configuration(new VoterSet([.. ids.Select(id => new BrokerId(id))])))];
        await Seen.AppendAsync(new LogEntryProducer<IRaftLogEntry>(entries), first, skipCommitted: true);
    }

    public async Task CommitAsync(long index) => await Seen.CommitAsync(index);

    public Task AppliedAsync(long index) =>
        _log.WaitForApplyAsync(index, TestContext.Current.CancellationToken).AsTask();

    /// <summary>What DotNext's replication takes an answer for, when entries up to the last are sent.</summary>
    public async Task<HeartbeatResult> SendAsync(long first, HeartbeatResult answer) =>
        (await Seen.ReadAsync(new Answering(answer), first, Last)).Value.Result;

    /// <summary>The terms of all entries, whose contents are checked on the way.</summary>
    public async Task<long[]> TermsAsync()
    {
        if (Last == 0)
            return [];
        using WriteAheadLog.LogEntryReader reader = await _log.ReadAsync(1, Last);
        foreach (LogEntry entry in reader)
        {
            Assert.True(entry.TryGetPayload(out ReadOnlySequence<byte> payload));
            Assert.Equal(Entry(entry.Term, entry.Index).Content.ToArray(), payload.ToArray());
        }

        return [.. reader.Select(entry => entry.Term)];
    }

    /// <summary>The log as a process finds it that starts after this one was killed right now.</summary>
    public async Task<TestLog> AfterCrashAsync()
    {
        string copy = Path.Combine(Path.GetDirectoryName(Location)!, Path.GetRandomFileName());
        foreach (string file in Directory.GetFiles(Location, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(Location, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var log = new TestLog(copy);
        await log.InitializeAsync();
        return log;
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _files.Dispose();
    }

    private static BinaryLogEntry Entry(long term, long index) => new()
    {
        Term = term,
        Content = Encoding.ASCII.GetBytes($"{term}:{index}:{new string('x', (int)(index * 37 % 900))}"),
    };

    private sealed class Configuration(VoterSet voters) : IRaftLogEntry
    {
        public long Term => 1;

        public bool IsConfiguration => true;

        public bool IsReusable => true;

        public long? Length => voters.Bytes.Length;

        public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
            where TWriter : DotNext.IO.IAsyncBinaryWriter =>
            writer.Invoke(voters.Bytes, token);

        public bool TryGetMemory(out ReadOnlyMemory<byte> memory)
        {
            memory = voters.Bytes;
            return true;
        }
    }

    private sealed class Answering(HeartbeatResult answer)
        : ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>>
    {
        public ValueTask<Result<ReplicationStatus>> ReadAsync<TEntry, TList>(
            TList entries, long? snapshotIndex, CancellationToken token)
            where TEntry : notnull, IRaftLogEntry
            where TList : notnull, IReadOnlyList<TEntry> =>
            new(new Result<ReplicationStatus>
            {
                Term = 1,
                Value = new ReplicationStatus { Result = answer, LastIndex = 0 },
            });
    }
}
