namespace Broker.Client.Groups;

/// <summary>What somebody can do who was refused.</summary>
internal static class Remedy
{
    public const string ForMembers =
        "it has members; stop them first, or wait until the coordinator has given up those that are gone";
}
