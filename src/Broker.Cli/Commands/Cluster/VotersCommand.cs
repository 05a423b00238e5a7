using System.CommandLine;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters</c></summary>
internal sealed class VotersCommand : Command
{
    public VotersCommand()
        : base("voters", "List and change the brokers that vote on the cluster's metadata")
    {
        Subcommands.Add(new ListVotersCommand());
        Subcommands.Add(new ChangeVoterCommand(
            "add",
            "Let a running broker vote, after its log has caught up",
            (quorum, broker, token) => quorum.AddVoterAsync(broker, token)));
        Subcommands.Add(new ChangeVoterCommand(
            "remove",
            "Take a broker's vote, whether it runs or not",
            (quorum, broker, token) => quorum.RemoveVoterAsync(broker, token)));
        Subcommands.Add(new ReplaceVoterCommand());
    }

    public static Argument<int> Broker(string name, string description) => new(name) { Description = description };
}
