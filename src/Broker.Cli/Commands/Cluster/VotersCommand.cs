using System.CommandLine;

namespace Broker.Cli.Commands.Cluster;

/// <summary><c>broker cluster voters</c></summary>
internal sealed class VotersCommand : Command
{
    public VotersCommand()
        : base("voters", "List and change the brokers that vote on the cluster's metadata")
    {
        Subcommands.Add(new ListVotersCommand());
        Subcommands.Add(new AddVoterCommand());
        Subcommands.Add(new RemoveVoterCommand());
        Subcommands.Add(new ReplaceVoterCommand());
    }

    public static Argument<int> Broker(string name, string description) => new(name) { Description = description };
}
