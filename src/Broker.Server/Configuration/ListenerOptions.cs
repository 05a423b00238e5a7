using Broker.Model;

namespace Broker.Server.Configuration;

/// <summary>One place where Kafka clients are listened for, and how clients reach it.</summary>
public sealed record ListenerOptions(string Name, HostAndPort Bind, HostAndPort Advertised);
