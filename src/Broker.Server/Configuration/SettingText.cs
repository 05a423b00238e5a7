namespace Broker.Server.Configuration;

/// <summary>A value as somebody wrote it, and where.</summary>
/// <param name="Origin">A file, a variable, an argument: what a message names.</param>
internal readonly record struct SettingText(string Key, string Value, string Origin);
