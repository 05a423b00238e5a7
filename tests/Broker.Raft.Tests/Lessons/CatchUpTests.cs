using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Xunit;

namespace Broker.Raft.Tests.Lessons;

/// <summary>Lesson 25: catching up takes messages, not heartbeats.</summary>
public sealed class CatchUpTests
{
    [Fact]
    public void Lesson_25_A_follower_200_entries_behind_catches_up_without_a_tick()
    {
        var group = new Group(3);
        group.Elect(1);
        group.Isolate(3);
        group.Propose(1, 200);
        group.Settle();
        group.Heal();
        group.Settle();
        Assert.Equal(new LogIndex(201), group[3].Core.PersistedIndex);
    }

    [Fact]
    public void Lesson_25_A_follower_with_200_wrong_entries_of_many_terms_meets_its_leader_in_a_few_messages()
    {
        var group = new Group(3, (setup, id) => setup with
        {
            Hard = new HardState(new Term(60), BrokerId.None),
            Log = id.Value == 3 ? LogOfTerms(firstTerm: 10, perTerm: 10) : LogOfTerms(firstTerm: 40, perTerm: 50),
        });
        group.Isolate(3);
        group.Elect(1);
        group.Heal();
        group.Delivered.Clear();
        group.Settle();
        Assert.Equal(group[1].Log.Entries, group[3].Log.Entries);
        Assert.InRange(group.Delivered.Count(m => m is { Kind: MessageKind.AppendReply, Rejected: true }), 1, 3);
    }

    /// <summary>Ten entries that both have, and 200 that differ.</summary>
    private static MemoryLog LogOfTerms(int firstTerm, int perTerm) => MemoryLog.OfTerms(
    [
        .. Enumerable.Repeat(1, 10),
        .. Enumerable.Range(0, 200).Select(i => firstTerm + (i / perTerm)),
    ]);
}
