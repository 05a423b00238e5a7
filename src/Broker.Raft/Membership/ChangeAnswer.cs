namespace Broker.Raft;

/// <summary>What became of a request to change a group's configuration. Only the first two change anything.</summary>
public enum ChangeAnswer
{
    /// <summary>Its first entry is in the next <see cref="Ready"/>; what has to follow comes by itself.</summary>
    Begun,

    /// <summary>It is in flight already, or nothing is to be changed.</summary>
    Unchanged,

    NotLeader,

    /// <summary>No entry of the own term is committed yet, or leadership is being handed over.</summary>
    NotReady,

    /// <summary>
    /// Another change is. The leader that began it can take it back, asked for the voters that were before it.
    /// </summary>
    InFlight,

    /// <summary>Somebody is to vote who does not learn yet (thesis 4.2.1).</summary>
    NotLearning,

    /// <summary>Somebody is to vote who has not all yet that the leader had an election timeout ago.</summary>
    NotCaughtUp,
}
