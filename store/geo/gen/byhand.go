package main

// seats are the towns that communes are reached at, where GeoNames has the town
// under another name than the commune's, or the commune under the code it had
// when it was part of another.
var seats = map[string]struct{ name, under string }{
	"14666": {"Sannerville", "14712"},
	"85212": {"Sainte-Florence", "85084"},
	"97701": {"Gustavia", "977"},
	"97801": {"Marigot", "978"},
	"98714": {"Vaitape", "987"},
	"98719": {"Rikitea", "987"},
	"98722": {"Hitiaa", "987"},
	"98723": {"Atuona", "987"},
	"98724": {"Fare", "987"},
	"98729": {"Afareaitu", "987"},
	"98731": {"Taiohae", "987"},
	"98744": {"Moerai", "987"},
	"98747": {"Afaahiti", "987"},
	"98748": {"Vairao", "987"},
	"98753": {"Mataura", "987"},
	"98754": {"Tevaitoa", "987"},
	"98809": {"Vao", "988"},
	"98815": {"Tadine", "988"},
	"98817": {"Mont-Dore", "988"},
	"98820": {"Fayaoué", "988"},
	"98832": {"Yaté-Barrage", "988"},
}

// islands are the communes, and one collectivity, that no source places: read
// off a chart, to about a tenth of a degree.
var islands = map[string]point{
	"15031": {3.0, 45.1},     // Celles
	"15035": {2.9, 45.2},     // Chalinargues
	"15047": {2.9, 45.2},     // Chavagnac
	"15171": {3.0, 45.2},     // Sainte-Anastasie
	"85165": {-1.1, 46.8},    // L'Oie
	"98411": {77.5, -38.7},   // Saint-Paul
	"98412": {70.2, -49.4},   // Kerguelen
	"98413": {51.9, -46.4},   // Crozet
	"98414": {140.0, -66.7},  // Terre-Adélie
	"98415": {47.3, -11.6},   // the Glorieuses
	"984":   {70.2, -49.4},   // Terres australes: Kerguelen
	"98711": {-145.5, -17.4}, // Anaa
	"98713": {-146.7, -15.3}, // Arutua
	"98716": {-145.6, -16.3}, // Fakarava
	"98717": {-140.9, -15.8}, // Fangatau
	"98718": {-138.7, -10.5}, // Fatu-Hiva
	"98720": {-140.9, -18.1}, // Hao
	"98721": {-142.6, -17.6}, // Hikueru
	"98726": {-143.7, -16.6}, // Makemo
	"98727": {-146.0, -14.4}, // Manihi
	"98728": {-152.3, -16.4}, // Maupiti
	"98730": {-141.2, -14.2}, // Napuka
	"98732": {-138.8, -19.3}, // Nukutavake
	"98734": {-149.5, -17.7}, // Papara
	"98737": {-138.8, -14.8}, // Pukapuka
	"98739": {-147.7, -23.9}, // Raivavae
	"98740": {-147.6, -15.1}, // Rangiroa
	"98741": {-144.3, -27.6}, // Rapa
	"98742": {-136.4, -18.5}, // Reao
	"98743": {-152.8, -22.6}, // Rimatara
	"98745": {-151.5, -16.6}, // Tahaa
	"98746": {-139.1, -9.9},  // Tahuata
	"98749": {-145.0, -14.5}, // Takaroa
	"98750": {-151.4, -16.8}, // Taputapuatea
	"98751": {-138.4, -17.3}, // Tatakoto
	"98752": {-149.4, -17.7}, // Teva I Uta
	"98755": {-138.5, -20.8}, // Tureia
	"98756": {-139.6, -8.9},  // Ua-Huka
	"98757": {-140.1, -9.4},  // Ua-Pou
	"98806": {165.8, -21.7},  // Farino
	"98833": {165.8, -21.4},  // Kouaoua
	"98901": {-109.2, 10.3},  // Clipperton
}
