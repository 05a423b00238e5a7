using System.Collections.Immutable;
using Broker.Model;
using Broker.Storage;
using MessagePack;

namespace Broker.MetadataQuorum;

// A cluster is founded once, by all of its configured voters together. Each asks all others where they stand:
//   all are empty                              -> it founds, with exactly the incarnations that answered
//   some founded, and all of them with it      -> it founds with them (they were only faster)
//   some founded without this incarnation, or  -> it has no vote: its predecessor may have voted, and what it voted is
//   follow a cluster that exists                  gone
//   somebody does not answer                   -> it asks again
// Before the first vote the founders are noted down, beside the log and not in it.

/// <summary>Decides, once for a data directory, whether this broker votes, and makes the log's first files.</summary>
internal sealed class Foundation
{
    private readonly QuorumOptions _options;
    private readonly QuorumEnvironment _environment;
    private readonly FounderFile _file;
    private readonly LogFiles _logFiles;
    private volatile Standing _standing;

    public Foundation(QuorumOptions options, QuorumEnvironment environment)
    {
        _options = options;
        _environment = environment;
        _file = new FounderFile(environment.Files, options);
        _logFiles = new LogFiles(environment.Files, options.Directory, environment.Time);
        _standing = new Standing(StandingKind.Empty, options.Incarnation, ClusterId.Empty, []);
    }

    public Standing Standing => _standing;

    /// <summary>True if this broker votes; its log's directory is then ready.</summary>
    public async ValueTask<bool> DecideAsync(CancellationToken cancellation)
    {
        FounderNote? note = _file.Read();
        bool votes = note?.Stage switch
        {
            NoteStage.Begun => MayVote(note),
            NoteStage.Left => false,
            _ => await MayFoundAsync(note, cancellation),
        };
        if (!votes)
        {
            _standing = _standing with { Kind = StandingKind.Follower };
        }

        return votes;
    }

    private bool MayVote(FounderNote note)
    {
        string? lost = note.Incarnation != _options.Incarnation ? "with another data directory"
            : !_logFiles.Exist || !_environment.Files.FileExists(Voter.VotersPath(_options)) ? "its log is gone"
            : null;
        if (lost is not null)
        {
            _environment.Log.VoteLost(lost);
            return false;
        }

        _standing = _standing with { Kind = StandingKind.Founder, Founders = note.Founders };
        return true;
    }

    private async ValueTask<bool> MayFoundAsync(FounderNote? note, CancellationToken cancellation)
    {
        if (note is null && _environment.Files.DirectoryExists(_options.Directory) && _logFiles.Exist)
        {
            _environment.Log.VoteLost("nothing says with whom it was founded");
            return false;
        }

        // Who was offered a place knows that there is a cluster.
        if (!_options.Voters.Contains(_options.Self) || note is { Founders.IsEmpty: true })
        {
            return false;
        }

        // A founding that was noted and not begun is carried on: nobody was told of another one.
        ImmutableArray<Founder>? founders = note is not null && note.Incarnation == _options.Incarnation
            ? note.Founders
            : await AgreeAsync(cancellation);
        if (founders is null)
        {
            return false;
        }

        Begin(founders.Value, new VoterRoll(0, [.. founders.Value.Select(founder => founder.Broker)]));
        return true;
    }

    /// <summary>Makes an empty log for a broker that is going to be added to these voters.</summary>
    public void Join(VoterRoll roll) => Begin([], roll);

    /// <summary>Gives the vote up for good, with the log; a place among the voters begins with another one.</summary>
    public void Leave()
    {
        _file.Write(new FounderNote(NoteStage.Left, _options.Incarnation, []));
        _environment.Files.DeleteDirectory(_options.Directory);
        _standing = _standing with { Kind = StandingKind.Follower, Founders = [] };
    }

    private async ValueTask<ImmutableArray<Founder>?> AgreeAsync(CancellationToken cancellation)
    {
        string told = "";
        while (true)
        {
            SortedDictionary<BrokerId, Standing> answers = await AskAllAsync(cancellation);
            foreach ((BrokerId peer, Standing answer) in answers)
            {
                if (!Allows(answer))
                {
                    _environment.Log.FoundedWithout(peer);
                    return null;
                }
            }

            BrokerId[] missing =
                [.. _options.Voters.Where(voter => voter != _options.Self && !answers.ContainsKey(voter)).Order()];
            if (missing.Length == 0)
            {
                return answers.Values.FirstOrDefault(answer => answer.Kind == StandingKind.Founder)?.Founders
                    ?? [.. answers.Select(answer => new Founder(answer.Key, answer.Value.Incarnation))
                        .Append(new Founder(_options.Self, _options.Incarnation)).OrderBy(founder => founder.Broker)];
            }

            string waiting = string.Join(", ", missing);
            if (waiting != told)
            {
                _environment.Log.WaitsForFounders(told = waiting);
            }

            await Task.Delay(_options.RetryDelay, _environment.Time, cancellation);
        }
    }

    private bool Allows(Standing other) => other.Kind switch
    {
        StandingKind.Empty => true,
        StandingKind.Founder => other.Founders.Contains(new Founder(_options.Self, _options.Incarnation)),
        _ => other.Cluster.IsEmpty,
    };

    private async ValueTask<SortedDictionary<BrokerId, Standing>> AskAllAsync(CancellationToken cancellation)
    {
        byte[] question = PeerCodec.Question(PeerQuestion.Standing);
        var answers = new SortedDictionary<BrokerId, Standing>();
        foreach (BrokerId voter in _options.Voters.Where(voter => voter != _options.Self).Order())
        {
            ReadOnlyMemory<byte>? answer = await _environment.Channel.CallAsync(
                voter, question, _options.RequestTimeout, cancellation);
            try
            {
                if (answer is { IsEmpty: false } bytes)
                {
                    answers.Add(voter, PeerCodec.ReadStanding(bytes));
                }
            }
            catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
            {
                _environment.Log.Unreadable(voter, e);
            }
        }

        return answers;
    }

    private void Begin(ImmutableArray<Founder> founders, VoterRoll roll)
    {
        IFileSystem files = _environment.Files;
        _file.Write(new FounderNote(NoteStage.Noted, _options.Incarnation, founders));
        if (files.DirectoryExists(_options.Directory))
        {
            // From a founding that did not get as far as a vote, or from a vote that is over.
            files.DeleteDirectory(_options.Directory);
        }

        files.CreateDirectory(_options.Directory);
        new VoterStore(files, Voter.VotersPath(_options)).Save(new VoterSet(roll.Voters), roll.Version);
        _logFiles.Create();
        files.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(_options.Directory))!);
        _file.Write(new FounderNote(NoteStage.Begun, _options.Incarnation, founders));
        _standing = _standing with { Kind = StandingKind.Founder, Founders = founders };
    }
}
