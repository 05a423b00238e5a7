namespace Broker.Cli.Commands.Cluster;

/// <summary>A broker that is to leave: no ailment, but of interest to who looks.</summary>
internal sealed record Leaver(int Broker, int ReplicasLeft);
