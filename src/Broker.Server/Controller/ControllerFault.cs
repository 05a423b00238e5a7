namespace Broker.Server.Controller;

/// <summary>Why the controller did not grant a wish.</summary>
public enum ControllerFault : byte
{
    None,

    /// <summary>Not allowed; the refusal beside it says why.</summary>
    Refused,

    /// <summary>No metadata leader could be asked, or the outcome is not known.</summary>
    NoController,

    /// <summary>Granted, but not yet in effect when patience ended.</summary>
    TimedOut,
}
