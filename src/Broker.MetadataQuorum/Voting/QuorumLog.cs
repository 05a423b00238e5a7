using Broker.Model;
using Broker.Storage;
using DotNext.IO.Log;
using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Broker.MetadataQuorum;

// DotNext's log flushes when it commits, but lets a follower answer, and a leader count itself, before. Votes and
// terms it writes through. This class takes the interface that DotNext calls and closes what is open there:
//   - an append returns when its entries are on the disk, the files that hold them are known to their directory, and
//     the checkpoint that makes them part of the log is written; LastEntryIndex, as DotNext sees it, ends there too;
//   - what is here already is not appended again: an old request that arrives late would cut off what came after it;
//   - before entries of an older leader are overwritten, the log is cut in front of them on the disk, so that a crash
//     in between never leaves the head of one history with the tail of another;
//   - an entry of a term that is over is refused: DotNext checks that it leads, and appends afterwards;
//   - an entry is refused before anything is done with it when the disk has no room for it: DotNext's log never gets
//     over a write that failed;
//   - a configuration is appended only where the one before it is in force: DotNext puts one in force when it is
//     applied, and who holds the second and goes by the one before the first could win by a majority that the second's
//     does not meet;
//   - a snapshot that a voter took is not counted as if it held what the leader counts at that moment.
// One append at a time; the gate also keeps DotNext's flusher to one waiter, which is all that it can have.

/// <summary>The metadata group's log: DotNext's, with every answer behind a flush.</summary>
internal sealed class QuorumLog : WriteAheadLog, IAuditTrail<IRaftLogEntry>
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly LogFiles _files;
    private readonly DiskReserve _reserve;
    private readonly VoterStore _voters;
    private long _lastDurable;
    private long _leadsIn = -1;

    public QuorumLog(
        Options options, IStateMachine machine, LogFiles files, DiskReserve reserve, VoterStore voters)
        : base(options, machine)
    {
        _files = files;
        _reserve = reserve;
        _voters = voters;
        _files.FlushNames();
        _lastDurable = LastEntryIndex;
    }

    /// <summary>The term of the last entry with which this voter began to lead; −1 before.</summary>
    public long LeadsIn => Volatile.Read(ref _leadsIn);

    public long Term => ((IPersistentState)this).Term;

    long IAuditTrail.LastEntryIndex => Volatile.Read(ref _lastDurable);

    /// <summary>A group of one has no election: its voter begins a new term by itself.</summary>
    public async ValueTask BeginTermAloneAsync(CancellationToken token)
    {
        await ((IPersistentState)this).UpdateTermAsync(Term + 1, resetLastVote: true, token);
        Volatile.Write(ref _leadsIn, Term);
    }

    /// <summary>Votes in this term for its leader: what this broker voted in an earlier life is forgotten.</summary>
    public async ValueTask FollowAsync(long term, BrokerId leader, CancellationToken token)
    {
        await ((IPersistentState)this).UpdateTermAsync(term, resetLastVote: true, token);
        await ((IPersistentState)this).UpdateVotedForAsync(
            ClusterMemberId.FromEndPoint(VoterAddress.Of(leader)), token);
    }

    /// <summary>The leader's own entries: proposals, and the one that opens its term.</summary>
    async ValueTask<long> IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, CancellationToken token)
    {
        await _gate.WaitAsync(token);
        try
        {
            RequireRoom();
            var proposal = entry is IInputLogEntry { Context: Proposal context } ? context : null;
            if (entry.Term != Term || (proposal is not null && proposal.Term != LeadsIn))
            {
                throw new StaleTermException(entry.Term, Term);
            }

            if (proposal is not null)
            {
                proposal.Written = true;
            }

            long index = await AppendAsync(entry, token);
            await MakeDurableAsync();
            if (proposal is null && !entry.IsConfiguration)
            {
                Volatile.Write(ref _leadsIn, entry.Term);
            }

            return index;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A snapshot from the leader, or one entry at a place.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        TEntry entry, long startIndex, CancellationToken token)
    {
        await _gate.WaitAsync(token);
        try
        {
            RequireRoom();
            if (!entry.IsSnapshot)
            {
                await CutAsync(startIndex, token);
            }

            await AppendAsync(entry, startIndex, token);
            await MakeDurableAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A leader's entries.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        await _gate.WaitAsync(token);
        try
        {
            RequireRoom();
            for (long index = startIndex; await entries.MoveNextAsync(); index++)
            {
                if (!await HoldsAsync(index, entries.Current.Term, token))
                {
                    await CutAsync(index, token);
                    await AppendInSectionsAsync(new RemainingEntries<TEntry>(entries), index, token);
                    return;
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What a leader sends.</summary>
    ValueTask<TResult> IAuditTrail<IRaftLogEntry>.ReadAsync<TResult>(
        ILogEntryConsumer<IRaftLogEntry, TResult> reader, long startIndex, long endIndex, CancellationToken token) =>
        reader is ILogEntryConsumer<IRaftLogEntry, Result<ReplicationStatus>> sender
            && new SnapshotSender(sender) is ILogEntryConsumer<IRaftLogEntry, TResult> honest
                ? ReadAsync(honest, startIndex, endIndex, token)
                : ReadAsync(reader, startIndex, endIndex, token);

    private async ValueTask AppendInSectionsAsync<TEntry>(
        RemainingEntries<TEntry> entries, long first, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        while (!entries.Ended)
        {
            long index = first + entries.Given;
            if (entries.AtConfiguration)
            {
                await EnforceBeforeAsync(index, token);
            }

            await AppendAsync(entries, index, skipCommitted: false, token);
            await MakeDurableAsync();
        }
    }

    // A leader appends a configuration when the one before it is committed, so that one may come into force here.
    private async ValueTask EnforceBeforeAsync(long index, CancellationToken token)
    {
        for (long before = index - 1; before > LastAppliedIndex; before--)
        {
            using LogEntryReader reader = await ReadAsync(before, before, token);
            if (reader[0].IsConfiguration)
            {
                await _voters.SaveConfigurationAsync(reader[0], before, token);
                return;
            }
        }
    }

    private void RequireRoom()
    {
        if (!_reserve.EnsureSlice())
        {
            throw new StorageFullException("no room for the metadata log: the disk's reserve is used up");
        }
    }

    private async ValueTask<bool> HoldsAsync(long index, long term, CancellationToken token)
    {
        if (index <= LastCommittedEntryIndex)
        {
            return true;
        }

        if (index > LastEntryIndex)
        {
            return false;
        }

        using LogEntryReader reader = await ReadAsync(index, index, token);
        return reader[0].Term == term;
    }

    private async ValueTask CutAsync(long index, CancellationToken token)
    {
        if (index <= LastEntryIndex)
        {
            Volatile.Write(ref _lastDurable, Math.Min(index - 1, _lastDurable));
            await _files.CutAsync(index, LastEntryIndex, LastCommittedEntryIndex, token);
        }
    }

    // Not to be cancelled: what was appended must not stay in memory only.
    private async ValueTask MakeDurableAsync()
    {
        await FlushAsync(CancellationToken.None);
        _files.FlushNames();
        Volatile.Write(ref _lastDurable, LastEntryIndex);
    }
}
