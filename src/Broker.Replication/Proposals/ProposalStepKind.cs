namespace Broker.Replication;

public enum ProposalStepKind : byte
{
    Done,
    Append,
    WaitFor,
}
