namespace Broker.Interop.Tests.Clients;

public sealed record ProduceSettings(int Acks = -1, string Codec = "none", bool Idempotent = false)
{
    public override string ToString() => $"acks {Acks}, {Codec}{(Idempotent ? ", idempotent" : "")}";
}
