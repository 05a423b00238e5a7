using Broker.Protocol;
using Broker.Server.Groups.Classic;
using FsCheck.Xunit;
using Xunit;

namespace Broker.Server.Tests.Groups.Classic;

/// <summary>
/// Clients come, go, fall silent, ask twice and start again; writes fail, and fail in doubt; coordinators change. What
/// must hold at every step is in <see cref="GroupWorld"/>; in the end, when all is well again, the work is shared out.
/// </summary>
public sealed class ClassicGroupProperties
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Property(MaxTest = 200)]
    public void Holds_what_it_promises_and_settles_when_all_is_well(int seed)
    {
        var random = new Random(seed);
        var world = new GroupWorld(seed);
        for (int step = 0; step < 400; step++)
        {
            Happen(world, random);
            world.Check();
        }

        Settle(world, random.Next(1, world.Clients.Count + 1));
    }

    private static void Happen(GroupWorld world, Random random)
    {
        GroupClient client = world.SomeClient();
        switch (random.Next(40))
        {
            case 0:
                client.Forget();
                break;
            case 1:
                client.Leave(world);
                break;
            case 2 or 3:
                client.AskAgain(world);
                break;
            case 4:
                client.Commit(world);
                break;
            case 5:
                client.Beat(world);
                break;
            case 6 when random.Next(4) == 0:
                world.TakeOver();
                break;
            case 7:
                // Most often because this broker does not lead any more.
                world.EndWrite(ErrorCode.CoordinatorNotAvailable, isDurable: random.Next(2) == 0);
                client.Hear(world);
                if (random.Next(2) == 0)
                    world.TakeOver();
                break;
            case 8:
                world.Pass(random.Next(1, 40) * Second);
                break;
            case < 16:
                world.EndWrite(ErrorCode.None, isDurable: true);
                break;
            case < 22:
                world.Pass(random.Next(1, 3000) * (Second / 1000));
                break;
            default:
                client.Act(world);
                break;
        }
    }

    /// <summary>Some clients are gone for good, the others are well.</summary>
    private static void Settle(GroupWorld world, int living)
    {
        GroupClient[] well = [.. world.Clients.Take(living)];
        for (int i = 0; i < 240; i++)
        {
            world.Pass(Second);
            foreach (GroupClient client in well)
            {
                client.Act(world);
                world.Check();
                world.EndWrite(ErrorCode.None, isDurable: true);
                world.Check();
            }
        }

        Assert.Equal(GroupState.Stable, world.Group.State);
        Assert.All(well, client => Assert.True(client.HasAssignment && client.Generation == world.Group.Generation));
        GroupMetadata group = world.Group.Describe();
        Assert.Equal(
            well.Select(client => client.Id).Order(StringComparer.Ordinal),
            group.Members.Select(member => member.MemberId).Order(StringComparer.Ordinal));
        Assert.Equal(
            Enumerable.Range(0, 6),
            group.Members.SelectMany(member => GroupUnderTest.Text(member.Assignment).Split(','))
                .Where(part => part.Length > 0).Select(int.Parse).Order());
    }
}
