using System.Collections.Immutable;
using Broker.Model;

namespace Broker.MetadataQuorum;

// What a broker is in the group changes while it runs:
//   follower -> prepared   the leader offers a place: an empty log is made and DotNext's node started on it, which
//                          takes entries, stands for nothing and is counted by nobody
//   prepared -> voter      a committed configuration lists it
//   voter -> follower      a committed configuration does not list it any more: the node is stopped, its log deleted
// A committed configuration counts whoever tells of it, so brokers that ask each other tell each other the newest that
// they know: who missed it finds out that way.

/// <summary>This broker's own place among the voters, if it has one, and the voters as far as they are known.</summary>
internal sealed class Seat : IAsyncDisposable
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly ImageFeed _feed;
    private readonly Foundation _foundation;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _learning = new();
    private volatile Voter? _voter;
    private volatile VoterRoll _roll;
    private Task _leaving = Task.CompletedTask;

    public Seat(QuorumOptions options, QuorumEnvironment environment, ImageFeed feed, Foundation foundation)
    {
        _options = options;
        _environment = environment;
        _feed = feed;
        _foundation = foundation;
        _roll = new VoterRoll(VoterRoll.Configured, options.Voters.ToImmutableSortedSet());
    }

    /// <summary>DotNext's node here; without a vote while it is prepared for one.</summary>
    public Voter? Voter => _voter;

    public bool HasVote => _voter is { HasVote: true };

    public VoterRoll Roll => _roll;

    /// <summary>Starts on the log that is here.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellation)
    {
        Voter voter = Create();
        _voter = voter;
        Note(voter.Roll);
        await voter.StartAsync(cancellation);
    }

    /// <summary>Gets ready for a place among the voters. Null if it is, else why not.</summary>
    public async ValueTask<string?> PrepareAsync(SeatOffer offer, CancellationToken cancellation)
    {
        ClusterId known = _feed.Image.ClusterId;
        if (known != offer.Cluster)
        {
            return known.IsEmpty
                ? "it has not heard of any cluster yet: wait until it follows"
                : $"it belongs to cluster {known}";
        }

        await LearnAsync(offer.Roll, cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_voter is { HasVote: true } stale)
            {
                if (stale.Roll.Version > offer.Roll.Version)
                {
                    return $"it knows newer voters: {stale.Roll}";
                }

                return "it has not left its old place among the voters yet: try again";
            }

            if (_voter is null)
            {
                await BeginAsync(offer, cancellation);
            }

            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes what another broker says of the voters, if it is newer.</summary>
    public async ValueTask LearnAsync(VoterRoll roll, CancellationToken cancellation)
    {
        if (roll.Version <= _roll.Version)
        {
            return;
        }

        if (_voter is { } voter)
        {
            await voter.AdoptAsync(roll, cancellation);
        }

        Note(roll);
        await _leaving;
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving;
        if (_voter is { } voter)
        {
            await voter.DisposeAsync();
        }
    }

    private async ValueTask BeginAsync(SeatOffer offer, CancellationToken cancellation)
    {
        _foundation.Join(offer.Roll);
        Voter voter = Create();
        await voter.StartAsync(offer, cancellation);
        _voter = voter;
        _environment.Log.Prepared(offer.Roll.ToString());
    }

    private Voter Create() => new(_options, _environment, _feed, OnVotersSaved);

    // Called by the log, which waits for it.
    private void OnVotersSaved(VoterRoll before, VoterRoll roll)
    {
        Note(roll);
        bool voted = before.Voters.Contains(_options.Self);
        bool votes = roll.Voters.Contains(_options.Self);
        if (voted && !votes)
        {
            _leaving = LeaveAsync();
        }
        else if (!voted && votes)
        {
            _voter?.TellLeader();
        }
    }

    private async Task LeaveAsync()
    {
        await Task.Yield();
        await _gate.WaitAsync();
        try
        {
            if (_voter is { } voter)
            {
                _environment.Log.Left(_roll.ToString());
                _voter = null;
                await voter.DisposeAsync();
                _foundation.Leave();
            }
        }
        catch (Exception e)
        {
            _environment.Fail(e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Note(VoterRoll roll)
    {
        lock (_learning)
        {
            VoterRoll before = _roll;
            if (roll.Version > before.Version)
            {
                _roll = roll;
                Tell(before, roll);
            }
        }
    }

    private void Tell(VoterRoll before, VoterRoll roll)
    {
        if (before.Version != VoterRoll.Configured)
        {
            _environment.Log.VotersChanged(before.ToString(), roll.ToString());
        }
        else if (!before.Voters.SetEquals(roll.Voters))
        {
            _environment.Log.VotersDiffer(before.ToString(), roll.ToString());
        }
    }
}
