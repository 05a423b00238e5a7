using System.Globalization;

namespace Broker.Simulation.Invariants.Clients;

/// <summary>
/// What the members of one classic group were told, of all of them together. In one generation a partition has one
/// owner. An owner that asks what was committed is told the last of it: nothing older than what was acknowledged to
/// anybody before, but what the same generation has under way; nothing that was refused. A member of an older
/// generation takes no part any more, not with a commit that is late either.
/// </summary>
internal sealed class GroupLedger(string group, int partitions, Findings findings)
{
    private readonly SortedDictionary<int, Commit?[]> _owners = [];
    private readonly Dictionary<string, Commit> _commits = [];
    private readonly Commit?[] _acknowledged = new Commit?[partitions];
    private int _sent;
    private int _before;

    public int Partitions => partitions;

    /// <summary>
    /// Every partition has an owner that has committed in the newest generation that anybody was told, since
    /// <see cref="BeginAnew"/>.
    /// </summary>
    public bool IsShared => _owners.Count > 0 && Array.TrueForAll(
        _owners.Last().Value, owner => owner is { State: CommitState.Acknowledged } && owner.Number > _before);

    private enum CommitState
    {
        UnderWay,
        Acknowledged,
        Refused,
    }

    public void BeginAnew() => _before = _sent;

    /// <summary>A member has been told that these are its own.</summary>
    public void Owned(string member, int generation, IEnumerable<int> owned)
    {
        if (!_owners.TryGetValue(generation, out Commit?[]? owners))
            _owners.Add(generation, owners = new Commit?[partitions]);
        foreach (int partition in owned)
        {
            if (owners[partition] is { } other && other.Member != member)
                Broken($"partition {partition} is {other.Member}'s and {member}'s in generation {generation}");
            owners[partition] ??= new Commit(member, generation, 0, -1);
        }
    }

    /// <returns>What stands for the commit in its metadata.</returns>
    public string Committing(string member, int generation, int partition, long offset)
    {
        var commit = new Commit(member, generation, ++_sent, offset) { IsLate = IsOver(generation) };
        string token = string.Create(CultureInfo.InvariantCulture, $"{group}/{partition}/{_sent}");
        _commits.Add(token, commit);
        return token;
    }

    public void Refused(string token) => _commits[token].State = CommitState.Refused;

    public void Acknowledged(string token, int partition)
    {
        Commit commit = _commits[token];
        commit.State = CommitState.Acknowledged;
        if (commit.IsLate)
            Broken($"{commit} of partition {partition} was sent when its generation was over, and acknowledged");
        if (_acknowledged[partition] is not { } last || last.IsBefore(commit))
            _acknowledged[partition] = commit;
        _owners[commit.Generation][partition] = commit;
    }

    /// <summary>To be called before offsets are asked for: what the answer may not be older than.</summary>
    public object? LastOf(int partition) => _acknowledged[partition];

    /// <param name="partition">Of which the committed offset was told to its owner.</param>
    /// <param name="token">Its metadata; empty: nothing is committed.</param>
    /// <param name="offset">As told.</param>
    /// <param name="last">What <see cref="LastOf"/> was before.</param>
    public void Fetched(int partition, string token, long offset, object? last)
    {
        var acknowledged = (Commit?)last;
        if (token.Length == 0)
        {
            if (acknowledged is not null)
                Broken($"{acknowledged} of partition {partition} is not there");
            return;
        }

        if (!_commits.TryGetValue(token, out Commit? found) || found.Offset != offset)
            Broken($"{offset} of partition {partition} ({token}) was committed by nobody");
        else if (found.State == CommitState.Refused)
            Broken($"{found} of partition {partition} was refused, and is there");
        else if (acknowledged is not null && found.IsBefore(acknowledged) && !found.MayComeAfter(acknowledged))
            Broken($"{acknowledged} of partition {partition} was acknowledged, and {found} is there");
    }

    // Somebody has been told what is its own in a later one.
    private bool IsOver(int generation) => _owners.Count > 0 && _owners.Last().Key > generation;

    private void Broken(string what) => findings.Add($"{nameof(GroupLedger)}: {group}: {what}");

    private sealed record Commit(string Member, int Generation, int Number, long Offset)
    {
        public CommitState State { get; set; }

        public bool IsLate { get; init; }

        // In one generation it is one member that commits, one commit after another.
        public bool IsBefore(Commit other) =>
            (Generation, Number).CompareTo((other.Generation, other.Number)) < 0;

        // One that was given up may still be on its way to a coordinator, as long as the generation lasts.
        public bool MayComeAfter(Commit other) => State == CommitState.UnderWay && Generation == other.Generation;
    }
}
