namespace Broker.Client.Producing;

/// <summary>What the sender has to do besides sending.</summary>
/// <param name="NextLook">When a batch becomes due, on the clock's own scale; null if none is waiting.</param>
/// <param name="NeedsMetadata">A batch is due whose partition has no known leader.</param>
/// <param name="NeedsIdentity">A batch is due that can't be numbered before there is a (new) producer id.</param>
internal readonly record struct SendPlan(long? NextLook, bool NeedsMetadata, bool NeedsIdentity);
