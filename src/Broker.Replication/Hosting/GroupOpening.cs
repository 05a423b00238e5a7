using Broker.Model;
using Broker.Raft;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Replication;

/// <summary>
/// Brings a group up from its files: log, votes, checkpoint, replay. On the disk loop that will write the log, before
/// anybody else knows the group: so nothing is answered, and no leadership taken, before all that was there is known
/// again.
/// </summary>
internal sealed class GroupOpening(GroupContext context, ReplicaHostEnvironment environment)
{
    /// <summary>Directories whose names, as this process found them, have been flushed.</summary>
    private readonly HashSet<string> _durable = new(StringComparer.Ordinal);

    public GroupOwner Open(ReplicaSpec spec, IReplicaStateMachine machine, OwnerLoop loop, WriteLane lane)
    {
        long begun = environment.Time.GetTimestamp();
        MakeDirectory(spec.Directory, lane);
        bool isUnknown = context.Journal.Get(spec.Id).Mark == LogIndex.Zero;
        var log = PartitionLog.Open(
            environment.Storage, spec.Directory, spec.Id, context.Mesh.Self.Incarnation, spec.Log);
        try
        {
            GroupState known = context.Journal.Get(spec.Id);
            var groupLog = new GroupLog(log, machine, context);
            long replayed = Recover(log, groupLog, machine, known, out LogIndex commit);
            if (isUnknown)
                FindLogStarts(log, groupLog, commit);
            if (replayed > 0)
                context.Log.Replayed(spec.Id, replayed, environment.Time.GetElapsedTime(begun));
            var hard = new HardState(known.Term, known.VotedFor);
            bool forgot = spec.Abstains && !known.IsTakenIn;
            var start = new RaftStart(hard, commit, forgot || log.Damage is not null)
            {
                HasForgottenVotes = forgot,
                IsRelaxed = spec.IsRelaxed,
                MayHaveLostTail = MayHaveLostTail(spec, log, known),
                Committed = groupLog.Configurations.Restored,
                Configurations = groupLog.Configurations.TakeAll(),
            };
            var core = new RaftCore(
                context.Self, spec.Voters, start, new PartitionLogView(log), context.Options.Raft, loop.Random);
            var replica = new Replica(spec.Id, log, context.Options);
            var parts = new GroupParts(groupLog, machine, core, spec.Directory, spec.IsRelaxed);
            var owner = new GroupOwner(context, replica, loop, lane, parts);
            replica.Begin(owner);
            if (groupLog.KnownUpTo < log.PreviousIndex)
                owner.LostState.Begin();
            log.DamageFound = damage => replica.Tell(owner => owner.Quarantine(damage));
            replica.PublishCommit(commit);
            return owner;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Durably gone on return.</summary>
    public void Delete(string directory)
    {
        IFileSystem files = environment.Storage.FileSystem;
        files.DeleteDirectory(directory);
        files.FlushDirectory(Path.GetDirectoryName(directory)!);
    }

    private bool MayHaveLostTail(ReplicaSpec spec, PartitionLog log, in GroupState known)
    {
        if (spec.IsRelaxed && environment.Power is null)
            throw new InvalidOperationException($"{spec.Id} is relaxed, and nobody says whether the power failed.");

        if (!known.LostPower)
            return false;

        if (spec.IsRelaxed)
            context.Log.LacksTail(spec.Id, log.LastIndex, log.NextOffset, spec.Voters);
        else
            context.Journal.RecordFilled(spec.Id);
        return spec.IsRelaxed;
    }

    // One flush for all the groups of a new topic: it comes with the first round of writes.
    private void MakeDirectory(string path, WriteLane lane)
    {
        IFileSystem files = environment.Storage.FileSystem;
        if (files.DirectoryExists(path))
        {
            MakeDurable(path);
            return;
        }

        string parent = Path.GetDirectoryName(path)
            ?? throw new StorageException($"there is no directory above {path}");
        MakeDirectory(parent, lane);
        files.CreateDirectory(path);
        lane.AddDirectory(parent);

        // Opened again by another lane, before this one had a round, it has to be flushed there.
        lock (_durable)
            _durable.Remove(parent);
    }

    // A name that was there before may stand in the page cache alone, left by a process that died (lesson 15).
    private void MakeDurable(string path)
    {
        lock (_durable)
        {
            while (path != environment.DataRoot && Path.GetDirectoryName(path) is { } parent && _durable.Add(parent))
            {
                environment.Storage.FileSystem.FlushDirectory(parent);
                path = parent;
            }
        }
    }

    /// <summary>
    /// Tells the state machine what it knew (checkpoint) and what came behind it (replay), and what of that is
    /// committed for certain: what was committed at some earlier time, as far as it is still there.
    /// </summary>
    private static long Recover(
        PartitionLog log, GroupLog groupLog, IReplicaStateMachine machine, in GroupState known, out LogIndex commit)
    {
        LogIndex restored = log.FirstIndex - 1;
        groupLog.StartAt(log.FirstOffset);
        if (log.ReadCheckpoint() is { } checkpoint)
        {
            ReadOnlySpan<byte> state = CheckpointHead.Split(
                checkpoint.State.Span, out Offset highWatermark, out ConfigurationEntry? configuration);
            machine.Restore(state);
            groupLog.Configurations.Restored = configuration;
            groupLog.KnownUpTo = checkpoint.Index;
            if (checkpoint.Index <= log.LastIndex)
            {
                groupLog.StartAt(highWatermark);
                restored = checkpoint.Index;
            }
        }

        long replayed = 0;
        foreach (LogEntry entry in log.Replay(restored + 1))
        {
            groupLog.Replay(entry);
            replayed++;
        }

        commit = LogIndex.Max(restored, LogIndex.Min(known.Commit, log.LastIndex));
        groupLog.CommitTo(commit);
        return replayed;
    }

    /// <summary>
    /// The journal, which keeps the log start, was lost, and what a checkpoint covers is not replayed: where the log
    /// begins stands in its own entries.
    /// </summary>
    private static void FindLogStarts(PartitionLog log, GroupLog groupLog, LogIndex upTo)
    {
        try
        {
            foreach (LogEntry entry in log.Replay(log.FirstIndex))
            {
                if (entry.Index > upTo)
                    return;
                if (entry.Kind == EntryKind.LogStart)
                    groupLog.RestoreLogStart(entry);
            }
        }
        catch (StorageException) when (log.Damage is not null)
        {
            // Met by this look: the replica is quarantined, and filled again by a leader that knows the log start.
        }
    }
}
