namespace Broker.Metadata;

/// <summary>What is to be done to one config, with the numbers that IncrementalAlterConfigs uses.</summary>
public enum ConfigOperation
{
    Set = 0,

    /// <summary>Back to the default.</summary>
    Delete = 1,

    /// <summary>To a list, what it does not have yet.</summary>
    Append = 2,

    /// <summary>From a list, what it has.</summary>
    Subtract = 3,
}
