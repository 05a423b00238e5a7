using System.CommandLine;
using Broker.Cli.Output;
using Broker.Client;
using Broker.Client.Voters;
using Broker.Model;
using Broker.Protocol;

namespace Broker.Cli.Commands.Cluster;

/// <summary>
/// <c>broker cluster voters replace OLD NEW</c>: two changes, first the one that adds. Asked again after it broke off,
/// it does what is left.
/// </summary>
internal sealed class ReplaceVoterCommand : ClientCommand
{
    private readonly Argument<int> _old = VotersCommand.Broker("old", "The broker that shall vote no more");
    private readonly Argument<int> _new = VotersCommand.Broker("new", "The running broker that shall vote instead");
    private readonly Option<OutputFormat> _format = CommonOptions.Format();

    public ReplaceVoterCommand()
        : base("replace", "Let one broker vote instead of another")
    {
        Arguments.Add(_old);
        Arguments.Add(_new);
        Options.Add(_format);
    }

    protected override async Task RunAsync(BrokerClient client, ParseResult parsed, CancellationToken token)
    {
        var old = new BrokerId(parsed.GetRequiredValue(_old));
        var next = new BrokerId(parsed.GetRequiredValue(_new));
        if (old == next)
        {
            throw new UsageException(
                $"broker {old} can't replace itself: if it was wiped, first remove it from the voters, then add it");
        }

        QuorumDescription quorum = await client.Quorum.DescribeAsync(token);
        if (quorum.Voters.All(voter => voter.Broker != old))
        {
            string voters = string.Join(", ", quorum.Voters.Select(voter => voter.Broker));
            throw new UsageException($"broker {old} is no metadata voter; they are {voters}");
        }

        if (quorum.Voters.All(voter => voter.Broker != next))
        {
            await client.Quorum.AddVoterAsync(next, token);
        }

        await RemoveAsync(client, old, next, token);
        await VoterTable.PrintAsync(client, parsed.GetValue(_format), token);
    }

    private static async Task RemoveAsync(BrokerClient client, BrokerId old, BrokerId next, CancellationToken token)
    {
        try
        {
            await client.Quorum.RemoveVoterAsync(old, token);
        }
        catch (RequestException e) when (e.Code != ErrorCode.VoterNotFound)
        {
            Console.Error.WriteLine($"broker: broker {next} votes now, and so does broker {old}; ask again");
            throw;
        }
    }
}
