using Broker.Model;

namespace Broker.Raft;

/// <summary>Who has answered a request for votes. Only voters count, each once.</summary>
internal sealed class Ballot(VoterSet voters)
{
    private readonly bool?[] _answers = new bool?[voters.Voters.Length];

    public bool IsWon => Count(true) >= voters.Majority;

    /// <summary>So many have refused that the rest can't be a majority.</summary>
    public bool IsLost => voters.Voters.Length - Count(false) < voters.Majority;

    public void Record(BrokerId voter, bool granted)
    {
        int index = voters.IndexOf(voter);
        if (index >= 0)
            _answers[index] ??= granted;
    }

    private int Count(bool answer)
    {
        int count = 0;
        foreach (bool? given in _answers)
        {
            if (given == answer)
                count++;
        }

        return count;
    }
}
