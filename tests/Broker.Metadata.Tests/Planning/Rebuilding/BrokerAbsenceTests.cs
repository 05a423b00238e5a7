using Broker.Model;
using Xunit;

namespace Broker.Metadata.Tests;

public sealed class BrokerAbsenceTests
{
    private static readonly BrokerId Three = new(3);
    private static readonly ClusterImage Alive = Cluster.OfSize(3);
    private static readonly ClusterImage Gone = Alive.Then(new BrokerFenced(Three, Alive.Brokers[Three].Process));

    private readonly BrokerAbsence _absence = new(Seconds(10));

    [Fact]
    public void A_broker_is_overdue_when_it_was_seen_fenced_for_the_whole_time()
    {
        Assert.Empty(_absence.Overdue(Alive, Seconds(0)));
        Assert.Empty(_absence.Overdue(Gone, Seconds(100)));
        Assert.Empty(_absence.Overdue(Gone, Seconds(109)));
        Assert.Equal([Three], _absence.Overdue(Gone, Seconds(110)));
    }

    [Fact]
    public void Who_comes_back_begins_anew()
    {
        _absence.Overdue(Gone, Seconds(0));
        Assert.Empty(_absence.Overdue(Alive, Seconds(9)));
        Assert.Empty(_absence.Overdue(Gone, Seconds(12)));
        Assert.Equal([Three], _absence.Overdue(Gone, Seconds(22)));
    }

    [Fact]
    public void Who_came_back_and_went_between_two_looks_begins_anew()
    {
        BrokerRegistered again = Cluster.Broker(3, process: 9);
        _absence.Overdue(Gone, Seconds(0));
        ClusterImage goneAgain = Gone.Then(again).Then(new BrokerFenced(Three, again.Process));
        Assert.Empty(_absence.Overdue(goneAgain, Seconds(11)));
        Assert.Equal([Three], _absence.Overdue(goneAgain, Seconds(21)));
    }

    [Fact]
    public void A_new_leader_waits_the_whole_time_again()
    {
        _absence.Overdue(Gone, Seconds(0));
        _absence.Restart();
        Assert.Empty(_absence.Overdue(Gone, Seconds(11)));
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
